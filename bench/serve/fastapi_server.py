"""The same network behind FastAPI and PyTorch, as their documentation shows: one image a request, in the thread pool."""

import io
import os

import torch
import torchvision
from fastapi import FastAPI, UploadFile
from PIL import Image
from torchvision import transforms

if "THREADS" in os.environ:
    torch.set_num_threads(int(os.environ["THREADS"]))

model = torchvision.models.resnet18(weights=None, num_classes=2).eval()
prepare = transforms.Compose(
    [
        transforms.Resize(224),
        transforms.CenterCrop(224),
        transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ]
)
app = FastAPI()


@app.get("/healthz")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/predict")
def predict(file: UploadFile) -> dict[str, list[float]]:
    image = Image.open(io.BytesIO(file.file.read())).convert("RGB")
    with torch.inference_mode():
        scores = model(prepare(image)[None])[0].softmax(0)
    return {"probabilities": scores.tolist()}
